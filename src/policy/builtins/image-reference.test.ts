import { describe, expect, it } from '@jest/globals';
import { fullNameOf, isBelow, parseImage } from './image-reference.ts';

describe('parseImage', () => {
  it.each([
    ['nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', undefined],
    ['team/app:', 'docker.io', 'team/app', '', undefined],
    ['localhost/app', 'localhost', 'app', undefined, undefined],
    ['registry:5000/app', 'registry:5000', 'app', undefined, undefined],
    ['registry.example.com:5000/a/b:v1@sha256:abc', 'registry.example.com:5000', 'a/b', 'v1', 'sha256:abc'],
    ['ghcr.io/a/b@sha256:abc', 'ghcr.io', 'a/b', undefined, 'sha256:abc'],
    ['index.docker.io/library/nginx', 'docker.io', 'library/nginx', undefined, undefined],
  ])('takes %s apart', (image, registry, repository, tag, digest) => {
    expect(parseImage(image)).toEqual({ registry, repository, tag, digest });
  });

  it('gives nothing for no name', () => {
    expect([parseImage(''), parseImage(undefined), parseImage(7)]).toEqual([undefined, undefined, undefined]);
  });
});

describe('isBelow', () => {
  it('compares whole parts of the path', () => {
    const name = fullNameOf(parseImage('ghcr.io/team/app:1')!);
    expect(
      ['ghcr.io', 'ghcr.io/', 'ghcr.io/team', 'ghcr.io/team/*', 'ghcr.io/team/app'].map((prefix) => isBelow(name, prefix)),
    ).not.toContain(false);
    expect(['ghcr', 'ghcr.io/te', 'ghcr.io/team/app/x', 'io'].map((prefix) => isBelow(name, prefix))).not.toContain(true);
  });
});
