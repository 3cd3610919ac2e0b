import type { Code } from '../../synthetic/resource.ts'

/** One code to a line: the code, a blank, the display. */
export const codes = (text: string): readonly Code[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [code = '', display = ''] = line.trim().split(/ (.*)/)
      return [code, display] as const
    })
