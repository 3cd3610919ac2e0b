import { Modal } from '@mantine/core'
import { Button } from '../ui/button.tsx'
import { Tick } from '../ui/field.tsx'
import { useStore } from '../ui/store.ts'
import { boundKeys, keyWords, singleKeys } from './keys.ts'

/** What every key does on this page. */
export function KeysHelp({ opened, close }: { opened: boolean; close: () => void }) {
  const single = useStore(singleKeys)
  const groups = Map.groupBy(boundKeys(), (binding) => binding.group ?? 'Everywhere')
  return (
    <Modal
      opened={opened}
      onClose={close}
      size={720}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': 'Keys' } }}
    >
      <div className="page-head">
        <h2>Keys</h2>
        <Button look="bare" icon="close" onClick={close} keys="Esc">
          Close
        </Button>
      </div>
      <div className="keys">
        {[...groups].map(([group, bindings]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {bindings.map((binding) => (
                <div key={binding.keys}>
                  <dt>
                    <kbd>{keyWords(binding.keys)}</kbd>
                  </dt>
                  <dd>{binding.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Tick
        label="Keys of a single letter (j, k, g …)"
        checked={single}
        onChange={(event) => singleKeys.set(event.target.checked)}
      />
    </Modal>
  )
}
