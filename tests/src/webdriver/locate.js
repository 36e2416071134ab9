// The body of a function: returns the visible elements that fit the locator in `arguments[0]`, in the
// order of the page. Names are those that a screen reader says, as far as the faces use its rules.
const { role, name, text, css, row, exact } = arguments[0];

const SELECTORS = {
  button: 'button, [role="button"], summary',
  link: 'a[href]',
  field: 'input:not([type="checkbox"], [type="radio"], [type="file"]), textarea',
  file: 'input[type="file"]',
  select: 'select',
  radio: 'input[type="radio"]',
  checkbox: 'input[type="checkbox"]',
  heading: 'h1, h2, h3, h4, h5, h6',
  row: 'li, tr',
};

const tidy = (words) => (words ?? '').replace(/\s+/g, ' ').trim();
const holds = (whole, part) => (exact ? whole === part : whole.includes(part));

function nameOf(element) {
  const ids = element.getAttribute('aria-labelledby');
  if (ids !== null) return tidy(ids.split(/\s+/).map((id) => document.getElementById(id)?.innerText ?? '').join(' '));
  const label = element.getAttribute('aria-label');
  if (label !== null) return tidy(label);
  if (element.labels?.length > 0) return tidy([...element.labels].map((each) => each.innerText).join(' '));
  return tidy(element.innerText);
}

// A file field is pressed through a button and may itself be hidden.
const isSeen = (element) =>
  role === 'file' || (element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0);

// What lies under an open dialog can be seen, but not used.
const root = role === null ? document.body : (document.querySelector('dialog:modal') ?? document.body);
const candidates = [...root.querySelectorAll(role === null ? (css ?? '*') : SELECTORS[role])];

const found = candidates
  .filter((element) => (css === null || element.matches(css)) && isSeen(element))
  .filter((element) => name === null || holds(nameOf(element), tidy(name)))
  .filter((element) => row === null || tidy(element.closest(SELECTORS.row)?.innerText).includes(tidy(row)))
  .filter((element) => text === null || tidy(element.innerText).includes(tidy(text)));

// Words alone are in every element around them, too.
return role === null && css === null
  ? found.filter((element) => !found.some((other) => other !== element && element.contains(other)))
  : found;
