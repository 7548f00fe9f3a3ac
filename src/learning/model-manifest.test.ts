import { checkModel, parseManifest } from './model-manifest.ts';
import { buildWindowShape } from './window-shape.ts';

const built = buildWindowShape();

describe('parseManifest', () => {
  it('reads what was written', () => {
    expect(parseManifest(JSON.stringify(built.manifest))).toEqual(built.manifest);
  });

  it('names every problem of a wrong manifest', () => {
    const wrong = { ...built.manifest, sha256: 'short', format: 2, extra: 1 };
    expect(() => parseManifest(JSON.stringify(wrong))).toThrow(/sha256.*format|format.*sha256/);
    expect(() => parseManifest('{')).toThrow('not JSON');
  });
});

describe('checkModel', () => {
  it('accepts the model its manifest describes, for any catalogue where it needs none', () => {
    expect(() => checkModel(built, 'raw-1234')).not.toThrow();
  });

  it('refuses other bytes and another catalogue', () => {
    const other = { ...built, model: Uint8Array.of(...built.model.subarray(0, -1), 0xff) };
    expect(() => checkModel(other, 'raw-1234')).toThrow(expect.objectContaining({ code: 'conflict' }));
    const bound = { ...built, manifest: { ...built.manifest, catalogVersion: 'raw-1' } };
    expect(() => checkModel(bound, 'raw-2')).toThrow('made for catalogue raw-1');
    expect(() => checkModel(bound, 'raw-1')).not.toThrow();
  });
});
