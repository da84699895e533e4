import type { agentNames } from '#domain/agents/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-agent': '没有 Agent“{agent}”。',
  'already-revoked': '该 Agent 已经被吊销，无需重复操作。',
  'no-authority-yet': '还没有网关启动过，因此没有可加入的证书颁发机构。',
  'not-a-host': '“{host}”不是主机的名称或地址',
  'name-reads-as-address': '“{name}”看起来是地址或编号，不能用作主机的名称',
} satisfies ReasonWords<typeof agentNames>;
