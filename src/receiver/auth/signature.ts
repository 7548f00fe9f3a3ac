import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs texts with a key that only this store knows. `purpose` keeps a signature for one thing from being good for another. */
export interface Signer {
  sign(purpose: string, text: string): string;
  verify(purpose: string, text: string, signature: string): boolean;
}

export const createSigner = (key: string): Signer => {
  const digest = (purpose: string, text: string): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([purpose, text]))
      .digest();
  return {
    sign: (purpose, text) => digest(purpose, text).toString('base64url'),
    verify: (purpose, text, signature) => {
      const given = Buffer.from(signature, 'base64url');
      const expected = digest(purpose, text);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
};

/** A value with an end, as one text that can be put into a cookie or an address. */
export const seal = <T extends object>(signer: Signer, purpose: string, value: T & { readonly untilMs: number }): string => {
  const body = Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${body}.${signer.sign(purpose, body)}`;
};

/** The value of such a text; undefined where it was not made here, for something else, or is over. */
export const unseal = <T extends object>(
  signer: Signer,
  purpose: string,
  text: string,
  nowMs: number,
): (T & { readonly untilMs: number }) | undefined => {
  const [body = '', signature = '', ...more] = text.split('.');
  if (more.length > 0 || !signer.verify(purpose, body, signature)) return undefined;
  const value = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as T & { readonly untilMs: number };
  return value.untilMs > nowMs ? value : undefined;
};
