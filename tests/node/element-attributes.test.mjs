// The attributes of the element as options of its queue.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { installDom } from './dom.mjs';

installDom();
const { MediaFerryElement } = await import('mediaferry/element');

/** The option `privacy` of an element with this attribute. */
function privacyWith(value) {
  const element = new MediaFerryElement();
  if (value !== undefined) element.setAttribute('privacy', value);
  element.options = {}; // applies the attributes, which this DOM does not observe
  return element.uploader.options.privacy;
}

test('the attribute privacy is not case-sensitive, and removes the location if it is empty', () => {
  assert.equal(privacyWith(undefined), undefined);
  for (const value of ['', ' ', 'strip-location', 'Strip-Location', ' STRIP-LOCATION\n'])
    assert.equal(privacyWith(value), 'strip-location', JSON.stringify(value));
  for (const value of ['strip-metadata', 'Strip-Metadata']) assert.equal(privacyWith(value), 'strip-metadata', value);
});

test('another value of privacy is passed on as it is, so that the upload rejects it', () => {
  for (const value of ['strip-gps', 'Strip-GPS', 'none', 'false']) assert.equal(privacyWith(value), value);
});
