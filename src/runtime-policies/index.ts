export { createPolicyBook, type PolicyBook } from './policy-book.ts';
export { type PolicyRequest, TEMPLATES } from './policy-request.ts';
