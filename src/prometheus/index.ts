export * from './series-source.ts';
export type { StreamedFrameOptions } from './wire/encode-response.ts';
export { CONTENT_TYPE, encodeSamplesResponse, encodeStreamedFrame } from './wire/encode-response.ts';
export type { DecodedReadRequest, ReadQuery } from './wire/read-request.ts';
export { decodeReadRequest, RESPONSE_TYPE } from './wire/read-request.ts';
