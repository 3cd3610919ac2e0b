import './list-table.css'
import { useMatch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { usePlace } from '../session/place.ts'
import { formatCount } from '../words/name.ts'
import { type Order, orderRows } from './order.ts'
import { Empty } from './states.tsx'

export interface Column<Row> {
  readonly key: string
  readonly head: string
  /** The head is for assistive technology only: the cells speak for themselves. */
  readonly quietHead?: true
  readonly cell: (row: Row) => ReactNode
  /** What it sorts by; a column without is not sortable. */
  readonly sort?: (row: Row) => string | number | undefined
  readonly align?: 'right'
  /** Given up first when there is little room. */
  readonly minor?: true
  readonly width?: string
  /** Dates and the like are never broken. */
  readonly whole?: true
  /** One line of at most this width; what is longer is cut at its end, and whole on hover. Never for medicines and doses. */
  readonly clip?: string
}

interface ListTableProps<Row> {
  readonly caption: string
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  /** The words that the filter looks through. */
  readonly words: (row: Row) => string
  readonly initialOrder: Order
  /** Shown when there are no rows at all. */
  readonly empty: ReactNode
  /** Rows that open something: Enter or a click. Inner buttons keep their own meaning. */
  readonly open?: (row: Row) => void
  readonly opened?: string | undefined
  readonly tone?: (row: Row) => 'quiet' | 'harm' | 'now' | undefined
  /** Beside the caption. */
  readonly lead?: ReactNode
  /** Beside the filter. */
  readonly tools?: ReactNode
  /** Below the rows, for "older". */
  readonly foot?: ReactNode
}

/** Fewer rows are taken in at a glance. */
const filterFrom = 8

/** A list: its count, a filter, columns that sort, rows by keyboard. Order and filter are remembered per page. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { caption, rows, columns, words, initialOrder, empty, lead, tools, foot } = props
  const path = useMatch({ strict: false, select: ({ pathname }) => pathname })
  const [order, setOrder] = usePlace<Order>(`order ${path} ${caption}`, initialOrder)
  const [filter, setFilter] = usePlace(`filter ${path} ${caption}`, '')
  const wanted = filter
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((part) => part !== '')
  const matching = rows.filter((row) => {
    const text = words(row).toLowerCase()
    return wanted.every((part) => text.includes(part))
  })
  const column = columns.find(({ key }) => key === order.by)
  const shown = column?.sort === undefined ? matching : orderRows(matching, column.sort, order)
  const count =
    wanted.length === 0 ? formatCount(rows.length) : `${formatCount(shown.length)} of ${formatCount(rows.length)}`
  return (
    <section className="list" aria-label={caption}>
      <div className="list-head">
        <h2>
          {caption} <span className="list-count">{count}</span>
        </h2>
        {lead}
        <span className="list-gap" />
        {(rows.length >= filterFrom || filter !== '') && (
          <input
            type="search"
            className="input list-filter"
            data-filter
            aria-label={`Filter ${caption.toLowerCase()}`}
            placeholder="Filter"
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                event.preventDefault()
                setFilter('')
                event.currentTarget.blur()
              }
            }}
          />
        )}
        {tools}
      </div>
      {rows.length === 0 ? (
        empty
      ) : shown.length === 0 ? (
        <Empty how="Clear the filter with Esc.">Nothing here matches the filter.</Empty>
      ) : (
        <Rows {...props} shown={shown} order={order} setOrder={setOrder} />
      )}
      {foot}
    </section>
  )
}

interface RowsProps<Row> extends ListTableProps<Row> {
  readonly shown: readonly Row[]
  readonly order: Order
  readonly setOrder: (order: Order) => void
}

function Rows<Row>({ caption, columns, shown, rowKey, open, opened, tone, order, setOrder }: RowsProps<Row>) {
  return (
    <table className="table">
      <caption className="aside">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head key={column.key} column={column} order={order} setOrder={setOrder} />
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((row, place) => {
          const key = rowKey(row)
          return (
            <tr
              key={key}
              data-row
              data-tone={tone?.(row)}
              data-open={open === undefined ? undefined : true}
              aria-current={opened === key || undefined}
              // One stop for Tab; j, k and the arrows move within.
              tabIndex={open !== undefined && place === 0 ? 0 : -1}
              onClick={
                open === undefined ? undefined : (event) => !onControl(event.target) && !selecting() && open(row)
              }
              onKeyDown={(event) => {
                if (event.key === 'Enter' && event.target === event.currentTarget) open?.(row)
              }}
            >
              {columns.map((column) => (
                <Cell key={column.key} column={column} row={row} />
              ))}
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const shown = column.cell(row)
  return (
    <td
      className={column.align === 'right' ? 'number' : undefined}
      data-minor={column.minor}
      data-whole={column.whole}
      data-clip={column.clip === undefined ? undefined : true}
      style={column.clip === undefined ? undefined : { maxWidth: column.clip }}
      title={column.clip !== undefined && typeof shown === 'string' ? shown : undefined}
    >
      {shown}
    </td>
  )
}

function Head<Row>({
  column,
  order,
  setOrder,
}: {
  column: Column<Row>
  order: Order
  setOrder: (order: Order) => void
}) {
  const active = order.by === column.key
  const align = column.align === 'right' ? 'number' : undefined
  const style = column.width === undefined ? undefined : { width: column.width }
  if (column.sort === undefined) {
    return (
      <th scope="col" className={align} data-minor={column.minor} style={style}>
        <span className={column.quietHead ? 'aside' : undefined}>{column.head}</span>
      </th>
    )
  }
  return (
    <th
      scope="col"
      className={align}
      data-minor={column.minor}
      style={style}
      aria-sort={active ? (order.down ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className="table-sort"
        onClick={() => setOrder({ by: column.key, down: active ? !order.down : false })}
      >
        {column.head}
        <span aria-hidden="true">{active ? (order.down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

function onControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button, a, input, select, label') !== null
}

/** Marking text with the mouse is not a click on the row. */
function selecting(): boolean {
  return (window.getSelection()?.toString() ?? '') !== ''
}
