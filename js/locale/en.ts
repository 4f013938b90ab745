// English. A page that shows English needs none of it; it is here for a page that loads the language of its user.

import { detailsEn, fixEn, labelsEn } from './labels-en.js';
import { en } from './messages-en.js';
import type { Translation } from './translation.js';

const translation: Translation = { messages: en, labels: { ...labelsEn, details: detailsEn, fix: fixEn } };

export default translation;
