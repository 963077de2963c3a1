import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Secrets } from '../core/secrets.ts';
import { remember, type Server } from './server.ts';

const cipher = 'aes-256-gcm';

/** Secrets as a simulated server keeps them, by a key of its own; a real one has DPAPI for that. */
export function secretsOf(server: Server, secrets: Secrets): Uint8Array {
  const nonce = randomBytes(12);
  const encrypt = createCipheriv(cipher, keyOf(server), nonce);
  const text = encrypt.update(JSON.stringify([...secrets]), 'utf8');
  return Buffer.concat([nonce, text, encrypt.final(), encrypt.getAuthTag()]);
}

/** The secrets of such bytes; null for others, and for those of another server. */
export function secretsIn(server: Server, bytes: Uint8Array): Secrets | null {
  try {
    const decrypt = createDecipheriv(cipher, keyOf(server), bytes.subarray(0, 12));
    decrypt.setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decrypt.update(bytes.subarray(12, -16)), decrypt.final()]).toString('utf8');
    return new Map(JSON.parse(text) as [string, string][]);
  } catch {
    return null;
  }
}

function keyOf(server: Server): Buffer {
  const { secretKey = randomBytes(32).toString('base64') } = server.memory;
  remember(server, { secretKey });
  return Buffer.from(secretKey, 'base64');
}
