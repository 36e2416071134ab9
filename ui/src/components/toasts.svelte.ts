export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'problem';
}

const shown = $state<{ toasts: Toast[] }>({ toasts: [] });
let next = 1;

/** What is said now. */
export function toasts(): readonly Toast[] {
  return shown.toasts;
}

/** Says something in passing. Not for what a person must not miss. */
export function sayToast(text: string, tone: Toast['tone'] = 'done'): void {
  const toast: Toast = { id: next++, text, tone };
  shown.toasts = [...shown.toasts.slice(-2), toast];
  setTimeout(() => dismissToast(toast.id), 5000);
}

export function dismissToast(id: number): void {
  shown.toasts = shown.toasts.filter((toast) => toast.id !== id);
}
