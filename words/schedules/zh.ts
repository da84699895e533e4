import type { scheduleNames } from '#domain/schedules/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-schedule': '定时计划不存在，或您无权查看。',
  'newer-schedule': '该计划在您读取后已被修改，最新为第 {latest} 版。请重新读取后再编辑。',
  'not-a-cron': '不是五段 cron 表达式（分、时、日、月、周），示例：“{example}”。',
  'cron-never': '没有这样的日期，永远不会触发。',
  'cron-both-days': '“日”和“周”只能限定一个；如需任一满足，请建两个计划。',
  'no-such-zone': '没有时区“{zone}”。请填写 IANA 名称，如 Asia/Shanghai 或 Europe/Berlin。',
  'schedule-paused': '计划已暂停。',
  'schedule-not-paused': '计划未暂停，无需继续。',
  'predecessor-runs': '{due} 的那次触发尚未结束。',
  'predecessor-waits': '{due} 的那次触发仍在等待审批。',
  'one-waits-already': '{due} 的触发已在排队等待前一次结束。',
  'replaced-by-later': '已被 {due} 的触发取代。',
  'too-late': '{due} 时无人处理，且已超过补跑时限。',
  'proposal-refused': '请求被拒绝：{why}',
  'owner-gone': '所有者 {owner} 已停用或不存在。编辑该计划的人将成为新的所有者。',
} satisfies ReasonWords<typeof scheduleNames>;
