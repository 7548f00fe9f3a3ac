export { EXCEPTION_KIND, EXCEPTION_SCHEMA } from '../../conventions/index.ts';
