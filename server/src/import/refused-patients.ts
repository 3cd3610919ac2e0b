import type { RecordNumber } from './source-index.ts'

export interface PlaceInSource {
  readonly file: number
  readonly position: number
}

/** Patients of the import that are not in the store, and where each stands in the source: their charts go with them. */
export class RefusedPatients {
  readonly #places = new Map<RecordNumber, PlaceInSource>()

  add(patient: RecordNumber, place: PlaceInSource): void {
    this.#places.set(patient, place)
  }

  find(patient: RecordNumber): PlaceInSource | undefined {
    return this.#places.get(patient)
  }
}
