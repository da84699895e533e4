import { expect, it } from 'vitest';
import { workflowAddress } from './workflow-address.ts';

it('is one segment of the path, whatever the workflow is called', () => {
  const address = 'http://ui.example:8233/namespaces/default/workflows/task%2F01-a';
  expect(workflowAddress('http://ui.example:8233', 'task/01-a')).toBe(address);
  expect(workflowAddress('http://ui.example:8233/', 'task/01-a')).toBe(address);
});
