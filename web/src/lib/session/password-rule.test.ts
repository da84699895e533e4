import { expect, it } from 'vitest';
import { minPasswordLength as ofTheApi } from '#domain/identity/user.ts';
import { minPasswordLength } from './password-rule.ts';

it('says the same of passwords as the api', () => expect(minPasswordLength).toBe(ofTheApi));
