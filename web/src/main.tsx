import '@mantine/core/styles/default-css-variables.layer.css'
import '@mantine/core/styles/global.layer.css'
import '@mantine/core/styles/UnstyledButton.layer.css'
import '@mantine/core/styles/Overlay.layer.css'
import '@mantine/core/styles/Paper.layer.css'
import '@mantine/core/styles/Popover.layer.css'
import '@mantine/core/styles/Menu.layer.css'
import '@mantine/core/styles/CloseButton.layer.css'
import '@mantine/core/styles/ModalBase.layer.css'
import '@mantine/core/styles/Modal.layer.css'
import './style/tokens.css'
import './style/base.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createCache } from './api/queries.ts'
import { App } from './app.tsx'
import { paths } from './paths.ts'
import { router } from './routes.tsx'
import { createDesk } from './session/desk.ts'

const cache = createCache()
const desk = createDesk(cache, () => void router.navigate({ to: paths.home, search: {}, replace: true }))
const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <App desk={desk} cache={cache} />
  </StrictMode>,
)
