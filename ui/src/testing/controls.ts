/** What can be pressed and is smaller than 48 × 48 pixels. Runs in the page: `page.evaluate(smallControls)`. */
export function smallControls(): string[] {
  const dialog = document.querySelector('dialog[open]');
  const positioned = (link: HTMLElement): HTMLElement => {
    let around = link.parentElement;
    while (around !== null && getComputedStyle(around).position === 'static') around = around.parentElement;
    return around ?? link;
  };
  const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary')];
  return controls
    .filter((control) => control.checkVisibility() && control.getAttribute('aria-hidden') !== 'true')
    .filter((control) => dialog === null || dialog.contains(control))
    .filter((control) => {
      // A link within a sentence is as high as its words.
      const around = [...(control.parentElement?.childNodes ?? [])];
      const inSentence = around.some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? '').trim().length > 3);
      return !(control.matches('a') && inSentence);
    })
    .flatMap((control) => {
      // What is pressed is the label around a mark, or the row that a link is stretched over.
      const stretched = getComputedStyle(control, '::after').position === 'absolute';
      const target = control.matches('[type="radio"], [type="checkbox"]')
        ? (control.closest('label') ?? control)
        : stretched
          ? positioned(control)
          : control;
      const { width, height } = target.getBoundingClientRect();
      // Off the screen until it takes the focus, such as the link that skips to the content.
      if (getComputedStyle(control).position === 'fixed' && target.getBoundingClientRect().bottom <= 0) return [];
      return width >= 47.9 && height >= 47.9 ? [] : [`${width.toFixed(0)} × ${height.toFixed(0)}: ${control.outerHTML.slice(0, 120)}`];
    });
}
