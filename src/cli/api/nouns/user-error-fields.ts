/** What every mutation is asked for beside its value. */
export const userErrorFields = `userErrors {
  code message field hint retryAt
  diagnostics { severity code message from to line column suggestion }
}`;
