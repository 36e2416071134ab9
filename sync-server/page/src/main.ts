import { HttpBackend } from './backend/http';
import { open } from './open';

open(new HttpBackend());
