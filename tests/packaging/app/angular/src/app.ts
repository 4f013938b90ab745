// A component with the element, as in the guide, and the upload that every consumer has.

import { Component, CUSTOM_ELEMENTS_SCHEMA } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import 'mediaferry/element';
import { run } from './consumer.js';

@Component({
  selector: 'app-references',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: '<media-ferry provider="relaydance" multiple></media-ferry>',
})
class References {}

bootstrapApplication(References).then(run);
