import { describe, expect, it } from 'vitest';
import { ApiProblem } from '#web/lib/api/problem.ts';
import { readMachineWords, refusedWords } from './machine-words.ts';

describe('pasted machines', () => {
  it('are taken apart at lines, blanks, commas and their Chinese kin, each once', () => {
    expect(readMachineWords(' web-1, web-2\n10.0.0.1\tweb-1；db-1，db-2、db-3\r\n')).toEqual([
      'web-1',
      'web-2',
      '10.0.0.1',
      'db-1',
      'db-2',
      'db-3',
    ]);
    expect(readMachineWords('  \n')).toEqual([]);
  });

  it('are named where the api refused them', () => {
    const problem = new ApiProblem(422, {
      code: 'invalid-input',
      errors: [
        { field: 'machines.1', message: "there is no machine 'b'" },
        { field: 'machines.7', message: 'beyond what was sent' },
        { field: 'parent', message: 'not a machine' },
      ],
    });
    expect(refusedWords(problem, ['a', 'b'])).toEqual([{ word: 'b', fault: problem.errors[0] }]);
  });
});
