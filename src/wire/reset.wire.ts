/** POST /audience/reset empties the sandbox of the four headers, or all of them. Ours alone. */
export interface ResetBodyWire {
  scope: 'sandbox' | 'everything';
}

export interface ResetAnswerWire {
  emptied: {
    imsOrgId: string;
    sandboxName: string;
    /** How many of what, e.g. `{"segment definition": 3}`; what there was none of is left out. */
    removed: Record<string, number>;
  }[];
}
