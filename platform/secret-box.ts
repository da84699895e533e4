import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { readOrMakeSecret, readSecretFile } from './secret-files.ts';

/**
 * Keeps secrets at rest. `context` says whose secret it is (`webhook:<id>`): what was sealed for one opens for no other.
 */
export interface SecretBox {
  seal(secret: string, context: string): Promise<string>;
  /** Throws where no key of the file opens it or the sealed text was altered. */
  open(sealed: string, context: string): Promise<string>;
  /** The same under the first key of the file; its content stays as it is. Throws where `open` would. */
  rewrap(sealed: string, context: string): Promise<string>;
  /** Ids of the keys of the file, the one that seals first; none where there is no file yet. */
  keyIds(): Promise<readonly string[]>;
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;
/** A line of the key file: by chance, no shorter than this. */
const leastKeyLength = 32;

interface Key {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * The box of all processes that share a key file (SIGNALBOX_SECRET_KEY_FILE): a key on each line, of which the first seals
 * and all open. Each secret has a key of its own, which is stored with it under the key of the file (AES-256-GCM both
 * times), so that a change of the file's key has little to rewrite. A sealed text is `v1.KEY_ID.WRAPPED.CONTENT`. The file
 * is read anew each time, and made by the first that seals; to open something never makes one, for such a key would open
 * nothing.
 */
export function openSecretBox(config: Pick<Config, 'SIGNALBOX_DATA' | 'SIGNALBOX_SECRET_KEY_FILE'>): SecretBox {
  const path = config.SIGNALBOX_SECRET_KEY_FILE || join(config.SIGNALBOX_DATA, 'keys', 'secret-key');

  function keyOf(line: string): Key {
    if (line.length < leastKeyLength) {
      throw new Error(`${path} holds no key: at least ${leastKeyLength} characters by chance are needed on each line`);
    }
    const key = Buffer.from(hkdfSync('sha256', line, '', 'signalbox secret box', keyBytes));
    return { key, id: createHash('sha256').update(key).digest('hex').slice(0, 8) };
  }

  function keysOf(text: string): readonly [Key, ...Key[]] {
    const [first = '', ...others] = text.split(/\r?\n/).flatMap((line) => line.trim() || []);
    return [keyOf(first), ...others.map(keyOf)];
  }

  async function openingKeys(): Promise<readonly [Key, ...Key[]]> {
    const text = await readSecretFile(path);
    if (text === undefined) throw new Error(`The key file ${path} is not there; this process needs the api's`);
    return keysOf(text);
  }

  function partsOf(sealed: string, keys: readonly Key[]): { key: Key; wrapped: string; content: string } {
    const [format, sealedBy, wrapped = '', content = ''] = sealed.split('.');
    if (format !== version) throw new Error('This is no sealed secret');
    const key = keys.find(({ id }) => id === sealedBy);
    if (key === undefined) {
      const held = keys.map(({ id }) => id).join(', ');
      throw new Error(`The secret was sealed with key ${sealedBy}, ${path} holds ${held}`);
    }
    return { key, wrapped, content };
  }

  const wrappedBy = ({ id, key }: Key, own: Buffer, content: string, context: string) =>
    [version, id, encrypt(key, own, context), content].join('.');

  return {
    async seal(secret, context) {
      const [key] = keysOf(await readOrMakeSecret(path));
      const own = randomBytes(keyBytes);
      return wrappedBy(key, own, encrypt(own, Buffer.from(secret, 'utf8'), context), context);
    },
    async open(sealed, context) {
      const { key, wrapped, content } = partsOf(sealed, await openingKeys());
      return decrypt(decrypt(key.key, wrapped, context), content, context).toString('utf8');
    },
    async rewrap(sealed, context) {
      const keys = await openingKeys();
      const { key, wrapped, content } = partsOf(sealed, keys);
      const own = decrypt(key.key, wrapped, context);
      // What cannot be opened is not made to look as if it could.
      decrypt(own, content, context);
      return key.id === keys[0].id ? sealed : wrappedBy(keys[0], own, content, context);
    },
    async keyIds() {
      const text = await readSecretFile(path);
      return text === undefined ? [] : keysOf(text).map(({ id }) => id);
    },
  };
}

function encrypt(key: Buffer, content: Buffer, context: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  const sealed = [nonce, cipher.update(content), cipher.final()];
  return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url');
}

function decrypt(key: Buffer, sealed: string, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}
