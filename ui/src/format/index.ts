export { compareDecimals, formatDecimal, formatValue, isDecimal, readTypedDecimal, subtractDecimals } from './decimal';
export { formatCount, formatSignal } from './number';
export { formatAgo, formatDate, formatInstant, formatTime } from './time';
