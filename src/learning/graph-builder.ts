import { create, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from 'onnx-buf';

/** Opset 18 is the first with the axes of every reduction as inputs, and every runtime since ONNX 1.13 (IR 8) reads it. */
export const ONNX_OPSET = 18;
export const ONNX_IR_VERSION = 8;

/** A dimension: fixed, or a name for one that each run chooses. */
export type Dimension = number | string;

/** The name of a tensor inside a graph. */
export type TensorName = string & { readonly brand?: 'tensor' };

/** An attribute of an operator. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly strings: readonly string[] }
  /** A tensor of doubles. */
  | { readonly doubles: Float64Array };

/** Version 3 is the first with trees in doubles (ONNX 1.11). */
const ONNX_ML_OPSET = 3;
const ML_DOMAIN = 'ai.onnx.ml';

export interface GraphBuilder {
  /** A float input of the model. */
  input(name: string, dims: readonly Dimension[]): TensorName;
  /** Numbers that are part of the model; their count must be the product of the dimensions. */
  constant(name: string, dims: readonly number[], data: Float32Array | readonly number[]): TensorName;
  /** Whole numbers that are part of the model, as operators want them for axes and shapes. */
  integers(name: string, values: readonly number[]): TensorName;
  /** An operator of the ONNX standard with one output. Plain numbers in attributes are integers. */
  node(op: string, inputs: readonly TensorName[], attributes?: Readonly<Record<string, Attribute>>, output?: string): TensorName;
  /** The same with several outputs, as `Split` has. */
  nodes(op: string, inputs: readonly TensorName[], count: number, attributes?: Readonly<Record<string, Attribute>>): TensorName[];
  /** An operator of the machine learning domain (`ai.onnx.ml`) with one output. */
  mlNode(op: string, inputs: readonly TensorName[], attributes: Readonly<Record<string, Attribute>>, output: string): TensorName;
  /** Declares a float output of the model. */
  output(tensor: TensorName, dims: readonly Dimension[]): void;
  /** The model as bytes of an `.onnx` file; the same calls give the same bytes. */
  build(producer: string): Uint8Array;
}

const valueInfo = (name: string, dims: readonly Dimension[]): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: TensorProto_DataType.FLOAT,
          shape: create(TensorShapeProtoSchema, {
            dim: dims.map((dim) =>
              create(TensorShapeProto_DimensionSchema, {
                value: typeof dim === 'number' ? { case: 'dimValue', value: BigInt(dim) } : { case: 'dimParam', value: dim },
              }),
            ),
          }),
        }),
      },
    }),
  });

const attributeProto = (name: string, value: Attribute): AttributeProto => {
  const base = { name };
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { ...base, type: AttributeProto_AttributeType.STRING, s: new TextEncoder().encode(value) });
  if (typeof value === 'number') return create(AttributeProtoSchema, { ...base, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
  if ('float' in value) return create(AttributeProtoSchema, { ...base, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  if ('strings' in value) {
    const encoder = new TextEncoder();
    return create(AttributeProtoSchema, {
      ...base,
      type: AttributeProto_AttributeType.STRINGS,
      strings: value.strings.map((text) => encoder.encode(text)),
    });
  }
  if ('doubles' in value) {
    const dims = [BigInt(value.doubles.length)];
    const t = create(TensorProtoSchema, { name, dims, dataType: TensorProto_DataType.DOUBLE, doubleData: [...value.doubles] });
    return create(AttributeProtoSchema, { ...base, type: AttributeProto_AttributeType.TENSOR, t });
  }
  return create(AttributeProtoSchema, { ...base, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) });
};

/** Little-endian bytes, which is what `raw_data` holds whatever the machine. */
const floatBytes = (data: Float32Array | readonly number[]): Uint8Array<ArrayBuffer> => {
  const view = new DataView(new ArrayBuffer(data.length * 4));
  data.forEach((value: number, i: number) => {
    view.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(view.buffer);
};

/** Builds an ONNX graph of standard operators; names are made where none are given. Throws on a name used twice or data that does not fit. */
export const createGraph = (name: string): GraphBuilder => {
  const names = new Set<string>();
  const domains = new Set<string>();
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];

  const claim = (tensor: string): TensorName => {
    if (names.has(tensor)) throw new Error(`graph ${name}: two tensors are called ${tensor}`);
    names.add(tensor);
    return tensor;
  };
  const known = (tensor: TensorName): TensorName => {
    if (!names.has(tensor)) throw new Error(`graph ${name}: there is no tensor ${tensor}`);
    return tensor;
  };

  const push = (
    op: string,
    from: readonly TensorName[],
    attributes: Readonly<Record<string, Attribute>>,
    to: readonly string[],
    domain = '',
  ) => {
    if (domain !== '') domains.add(domain);
    const node = create(NodeProtoSchema, {
      opType: op,
      domain,
      name: `${op}_${nodes.length}`,
      input: from.map(known),
      output: to.map(claim),
      attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
    });
    nodes.push(node);
    return node.output;
  };

  return {
    input: (tensor, dims) => {
      inputs.push(valueInfo(claim(tensor), dims));
      return tensor;
    },
    constant: (tensor, dims, data) => {
      const size = dims.reduce((product, dim) => product * dim, 1);
      if (size !== data.length) throw new Error(`graph ${name}: ${tensor} has ${data.length} numbers for a size of ${size}`);
      initializers.push(
        create(TensorProtoSchema, {
          name: claim(tensor),
          dims: dims.map(BigInt),
          dataType: TensorProto_DataType.FLOAT,
          rawData: floatBytes(data),
        }),
      );
      return tensor;
    },
    integers: (tensor, values) => {
      initializers.push(
        create(TensorProtoSchema, {
          name: claim(tensor),
          dims: [BigInt(values.length)],
          dataType: TensorProto_DataType.INT64,
          int64Data: values.map(BigInt),
        }),
      );
      return tensor;
    },
    node: (op, from, attributes = {}, output = `${op.toLowerCase()}_${nodes.length}`) => {
      push(op, from, attributes, [output]);
      return output;
    },
    nodes: (op, from, count, attributes = {}) =>
      push(
        op,
        from,
        attributes,
        Array.from({ length: count }, (_, i) => `${op.toLowerCase()}_${nodes.length}_${i}`),
      ),
    mlNode: (op, from, attributes, output) => {
      push(op, from, attributes, [output], ML_DOMAIN);
      return output;
    },
    output: (tensor, dims) => {
      outputs.push(valueInfo(known(tensor), dims));
    },
    build: (producer) =>
      toBinary(
        ModelProtoSchema,
        create(ModelProtoSchema, {
          irVersion: BigInt(ONNX_IR_VERSION),
          producerName: producer,
          opsetImport: [
            create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(ONNX_OPSET) }),
            ...[...domains].map((domain) => create(OperatorSetIdProtoSchema, { domain, version: BigInt(ONNX_ML_OPSET) })),
          ],
          graph: create(GraphProtoSchema, { name, node: nodes, initializer: initializers, input: inputs, output: outputs }),
        }),
      ),
  };
};
