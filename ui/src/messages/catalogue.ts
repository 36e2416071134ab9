import { common } from './common';
import { errors } from './errors';
import { explain } from './explain';
import { field } from './field';
import { imports } from './imports';
import { meter } from './meter';
import { office } from './office';
import { telegram } from './telegram';
import { tours } from './tours';

/** Every message of both faces. One file for each subject; a key is written once. */
export const catalogue = { ...common, ...meter, ...explain, ...errors, ...field, ...office, ...tours, ...telegram, ...imports };

/** The parts of the catalogue, so that a test can see a key that is written twice. */
export const parts = { common, meter, explain, errors, field, office, tours, telegram, imports };

export type MessageKey = keyof typeof catalogue;
