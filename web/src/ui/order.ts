export interface Order {
  /** The key of a column. */
  readonly by: string
  /** Largest or newest first. */
  readonly down: boolean
}

/** Sorted copy; what has no value stands last in either direction, and equal rows keep their order. */
export function orderRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => string | number | undefined,
  { down }: Pick<Order, 'down'>,
): readonly Row[] {
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .toSorted((a, b) => {
      if (a.value === undefined || b.value === undefined)
        return Number(a.value === undefined) - Number(b.value === undefined)
      const by =
        typeof a.value === 'number' && typeof b.value === 'number'
          ? a.value - b.value
          : String(a.value).localeCompare(String(b.value), undefined, { numeric: true })
      return down ? -by : by
    })
    .map(({ row }) => row)
}
