// First: tsyringe, below @peculiar/x509, refuses to load without the metadata functions of Reflect.
import './reflect-metadata.ts';
import * as x509 from '@peculiar/x509';

export { x509 };
