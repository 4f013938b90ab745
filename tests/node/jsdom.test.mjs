// The package under jsdom, whose files cannot be read and whose elements have no form state.

import { JSDOM } from 'jsdom';
import { installWindow, testPackage } from './dom-library.mjs';

installWindow(new JSDOM('<!doctype html>', { url: 'http://localhost:3000/', pretendToBeVisual: true }).window);
testPackage({ reads: false });
