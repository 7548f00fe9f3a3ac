import express, { type Request, type Response } from 'express';
import type { Html } from '../../web/index.ts';

/** Far more than the longest reason. */
const FORM_BYTES = 16_384;

/** A field of a form; empty where it is absent or not a single text. */
export const field = (request: Request, name: string): string => {
  const value = (request.body as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? value.trim() : '';
};

export const formBody = express.urlencoded({ extended: false, limit: FORM_BYTES, parameterLimit: 20 });

/** An answer as a page. */
export type Show = (request: Request, response: Response, title: string, content: Html) => void;
