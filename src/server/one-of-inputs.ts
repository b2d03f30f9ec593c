/** Inputs of which exactly one member is given, and their members; a test compares them with the schema. */
export const oneOfInputs = {
  ExpressionInput: ['json', 'text'],
  SegmentSelection: ['all', 'ids'],
  ExportDestination: ['datasetId', 'newDatasetName'],
} as const;

export type OneOfInput = keyof typeof oneOfInputs;

export function isOneOfInput(name: string): name is OneOfInput {
  return Object.hasOwn(oneOfInputs, name);
}
