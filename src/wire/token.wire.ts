/** 200 of POST /ims/token/v3. Source: Adobe's "OAuth Server-to-Server credential API reference". */
export interface TokenAnswerWire {
  access_token: string;
  token_type: 'bearer';
  /** Seconds. */
  expires_in: number;
}
