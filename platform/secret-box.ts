import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { readOrMakeSecret, readSecretFile } from './secret-files.ts';

/**
 * Keeps secrets at rest. `context` says whose secret it is (`webhook:<id>`): what was sealed for one opens for no other.
 */
export interface SecretBox {
  seal(secret: string, context: string): Promise<string>;
  /** Throws where the key is another one or the sealed text was altered. */
  open(sealed: string, context: string): Promise<string>;
}

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/**
 * The box of all processes that share a key file (SIGNALBOX_SECRET_KEY_FILE). Each secret has a key of its own, which is
 * stored with it under the key of the file (AES-256-GCM both times), so that a change of the file's key has little to
 * rewrite. The file is made by the first that seals; to open something never makes one, for such a key would open nothing.
 */
export function openSecretBox(config: Pick<Config, 'SIGNALBOX_DATA' | 'SIGNALBOX_SECRET_KEY_FILE'>): SecretBox {
  const path = config.SIGNALBOX_SECRET_KEY_FILE || join(config.SIGNALBOX_DATA, 'keys', 'secret-key');

  function keyOf(text: string): { id: string; key: Buffer } {
    if (text.length < 32) throw new Error(`${path} holds no key: at least 32 characters by chance are needed`);
    const key = Buffer.from(hkdfSync('sha256', text, '', 'signalbox secret box', keyBytes));
    return { key, id: createHash('sha256').update(key).digest('hex').slice(0, 8) };
  }

  return {
    async seal(secret, context) {
      const { id, key } = keyOf(await readOrMakeSecret(path));
      const own = randomBytes(keyBytes);
      const wrapped = encrypt(key, own, context);
      return [version, id, wrapped, encrypt(own, Buffer.from(secret, 'utf8'), context)].join('.');
    },
    async open(sealed, context) {
      const text = await readSecretFile(path);
      if (text === undefined) throw new Error(`The key file ${path} is not there; this process needs the api's`);
      const { id, key } = keyOf(text.trim());
      const [format, sealedBy, wrapped = '', content = ''] = sealed.split('.');
      if (format !== version) throw new Error('This is no sealed secret');
      if (sealedBy !== id) throw new Error(`The secret was sealed with key ${sealedBy}, ${path} holds ${id}`);
      return decrypt(decrypt(key, wrapped, context), content, context).toString('utf8');
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
