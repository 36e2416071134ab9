import { BackendError } from '../problem';

/** The one-time code that the server of the demonstration accepts. */
export const DEMO_CODE = '7K3M-Q9TF-02XN-HD5C';

/** Makes the error that an engine would throw. */
export function refuse(code: string, retry = false): BackendError {
  return new BackendError({ code, message: code.replaceAll('_', ' '), retry });
}

/** A code as the server compares it: without what people put between the letters. */
export function normalCode(code: string): string {
  return code.toUpperCase().replace(/[^0-9A-Z]/g, '');
}

/** Whether an address can be one of a server. Without a scheme, https is meant. */
export function isAddress(address: string): boolean {
  if (/\s/.test(address.trim()) || address.trim() === '') return false;
  try {
    const url = new URL(/^https?:\/\//.test(address) ? address : `https://${address}`);
    return url.hostname !== '';
  } catch {
    return false;
  }
}
