import { createTheme, Menu, Modal } from '@mantine/core'

/** Mantine gives the behaviour of menus and dialogs; the look is ours (style/, frame/overlay.css). */
export const theme = createTheme({
  fontFamily: 'var(--font)',
  defaultRadius: 3,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Menu: Menu.extend({
      defaultProps: {
        transitionProps: { duration: 0 },
        shadow: 'none',
        offset: 4,
        position: 'bottom-end',
        withinPortal: true,
        loop: true,
      },
      classNames: { dropdown: 'menu', item: 'menu-item', label: 'menu-label', divider: 'menu-divider' },
    }),
    Modal: Modal.extend({
      // The page itself never scrolls, so there is nothing to lock, and no style element to insert for it.
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 0 },
        overlayProps: { backgroundOpacity: 0.25 },
        padding: 0,
        shadow: 'none',
      },
      classNames: { content: 'dialog', body: 'dialog-body' },
    }),
  },
})

/** The nonce that the server put into the page for style elements; there is none for scripts. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''
}
