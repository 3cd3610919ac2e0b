import { hostname } from 'node:os'
import { isOmissiblePath } from '@chartkeep/model/fhir'
import { importFiles, type ImportParts, ImportStopped, verifyFiles } from '#import'
import { type Command, type Given, UsageFault } from './command.ts'
import { systemOptions, witnessOption } from './options.ts'
import { finishImport, finishVerify, onceASecond } from './import-report.ts'
import { toldToStop } from './serve.ts'

/** The same path for an operator's files and for the practice of the demonstration. */
export const importCommand: Command = {
  name: 'import',
  summary: 'Bring in FHIR bundles and NDJSON, plain or .gz; files or folders of them.',
  operands: 'FILE…',
  options: {
    report: {
      type: 'string',
      value: 'FILE',
      about:
        'Write a report: JSON with read, imported, rejected [{file, position, reason}]; with --verify: read, alike, ' +
        'differing, differences [{file, position, kind, reason}].',
    },
    verify: {
      type: 'boolean',
      about: 'Import nothing: compare what is here with the files, record by record and reference by reference.',
    },
    source: {
      type: 'string',
      value: 'NAME',
      about:
        'The system that the records are from. The same name and id there is the same record here. Default: import.',
    },
    base: {
      type: 'string',
      multiple: true,
      value: 'URL',
      about: "Base of that system's own addresses: a reference below it means the record of that type and id.",
    },
    accept: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      about:
        'An optional element, such as Patient.contact: where it is wrong, the record is taken without it. The report ' +
        'says for each kind of finding which path that would be.',
    },
    ...witnessOption,
  },
  notes:
    'Works beside a running server. Killed and run again, it goes on where it stopped and adds nothing twice. A record\n' +
    'that has changed in the source replaces what an earlier import brought; what was changed here is kept.\n' +
    'The exit code is 0 when everything that was read is imported; 1 when something was rejected, when there was nothing\n' +
    'to import, or when the import stopped. With --verify it is 0 when everything is here as it is in the files.',
  async run(given, means) {
    if (given.operands.length === 0) throw new UsageFault('Name at least one file or folder.')
    const { composition, terminal } = means
    const [bases, accepted] = [basesOf(given), acceptedIn(given)]
    const options = await systemOptions(given, means)
    const system = await composition.openSystem(options)
    const told = toldToStop()
    const began = performance.now()
    const report = { path: given.text('report'), terminal, began }
    try {
      const parts: ImportParts = {
        ...{ records: await system.records(), idKey: system.keys.hmacKey('import-ids'), tenant: system.tenant },
        ...{ clock: options.clock, log: options.log, workstation: hostname(), signal: told },
        ...{ source: given.text('source') ?? 'import', bases, accepted },
      }
      if (given.flag('verify'))
        return finishVerify(await verifyFiles(given.operands, parts, onceASecond(terminal, began)), report)
      return finishImport(await importFiles(given.operands, parts, onceASecond(terminal, began)), report)
    } catch (error) {
      if (error instanceof ImportStopped) finishImport(error.report, report)
      throw error
    } finally {
      await system.close()
    }
  },
}

/** Throws UsageFault. */
function basesOf(given: Given): readonly string[] {
  const bases = given.texts('base')
  for (const base of bases)
    if (!/^https?:$/.test(URL.parse(base)?.protocol ?? '')) throw new UsageFault(`--base ${base} is no http address.`)
  return bases
}

/** Throws UsageFault. */
function acceptedIn(given: Given): readonly string[] {
  const paths = given.texts('accept')
  for (const path of paths) {
    if (!isOmissiblePath(path))
      throw new UsageFault(
        `--accept ${path}: this is no element that a record can be without. It is not of R4, required, modifies the meaning, or says whose the record is.`,
      )
  }
  return paths
}
