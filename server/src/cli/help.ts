import type { Command, Option } from './command.ts'
import { commonOptions } from './options.ts'

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'usage: chartkeep COMMAND [options]',
    '',
    ...lines,
    '',
    'chartkeep COMMAND --help tells more. chartkeep --version names the version.',
    'DATABASE_URL names a PostgreSQL of your own, instead of the one that comes along.',
  ].join('\n')
}

export function helpFor({ name, summary, operands, options, notes }: Command): string {
  const all: readonly (readonly [string, Option])[] = [...Object.entries(options), ...Object.entries(commonOptions)]
  const heads = all.map(([option, { value }]) => `--${option}${value === undefined ? '' : ` ${value}`}`)
  const width = Math.max(...heads.map((head) => head.length))
  const lines = all.map(
    ([, { about, multiple }], at) =>
      `  ${heads[at]?.padEnd(width)}  ${about}${multiple === true ? ' May be repeated.' : ''}`,
  )
  return [
    `usage: chartkeep ${name} [options]${operands === undefined ? '' : ` ${operands}`}`,
    '',
    summary,
    '',
    ...lines,
    ...(notes === undefined ? [] : ['', notes]),
  ].join('\n')
}
