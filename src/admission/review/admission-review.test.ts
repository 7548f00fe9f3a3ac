import { answerReview, parseReview } from './admission-review.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'u1',
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    name: 'p',
    namespace: 'a',
    userInfo: { username: 'ann', groups: ['dev', 7] },
    object: { apiVersion: 'v1', kind: 'Pod' },
    somethingNew: true,
  },
};
const changed = (change: object): unknown => ({ ...REVIEW, request: { ...REVIEW.request, ...change } });

describe('parseReview', () => {
  it('takes what is used, and ignores what later versions may add', () => {
    expect(parseReview(REVIEW)).toMatchObject({ uid: 'u1', user: 'ann', groups: ['dev'], namespace: 'a', dryRun: false, subResource: '' });
  });

  it('has no namespace where it is empty, and no object where it is null', () => {
    expect(parseReview(changed({ namespace: '', object: null }))).toMatchObject({ namespace: undefined, object: undefined });
  });

  it.each([
    { name: 'another version', body: { ...REVIEW, apiVersion: 'admission.k8s.io/v1beta1' }, says: 'apiVersion' },
    { name: 'no request', body: { apiVersion: REVIEW.apiVersion, kind: REVIEW.kind }, says: 'request is missing' },
    { name: 'an unknown operation', body: changed({ operation: 'PATCH' }), says: 'request.operation' },
    { name: 'a list', body: [], says: 'type object' },
    { name: 'null', body: null, says: 'type object' },
  ])('refuses $name', ({ body, says }) => expect(() => parseReview(body)).toThrow(says));
});

describe('answerReview', () => {
  it('says no more than it has to', () => {
    expect(answerReview('u', { allowed: true })).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true },
    });
  });

  it('gives a denial the status that kubectl shows', () => {
    const { response } = answerReview('u', { allowed: false, message: 'no', warnings: ['w'], auditAnnotations: { a: 'b' } }) as {
      response: object;
    };
    expect(response).toEqual({
      uid: 'u',
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: 'no' },
      warnings: ['w'],
      auditAnnotations: { a: 'b' },
    });
  });
});
