import { availableParallelism } from 'node:os'
import path from 'node:path'
import { defineConfig } from 'vitest/config'

const outside = ['**/node_modules/**', '**/.next/**', 'e2e/**']
// These tests start the production build, so test.mjs runs them after it has built.
const started = ['start.test.ts', '**/*.app.test.ts']
// These tests need no database, so they do not wait for one.
const pure = [
  'lib/domain/**/*.test.ts',
  'lib/client/**/*.test.{ts,tsx}',
  'lib/!(demo|mail).test.ts',
  'components/**/*.test.{ts,tsx}',
  'front/**/*.test.ts',
  'tools/*.test.ts',
]

export default defineConfig({
  resolve: { alias: { '@': path.resolve(import.meta.dirname) } },
  test: {
    // A test that makes no assertion fails, for example one that returns early.
    expect: { requireAssertions: true, poll: { timeout: 30_000 } },
    // These times are for a machine that has much else to do: nothing but a hang takes so long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most tests wait for a database, a process or a timeout, so more of them fit than there are cores.
    maxWorkers: Math.max(4, availableParallelism()),
    projects: [
      { extends: true, test: { name: 'domain', include: pure, exclude: [...outside, ...started] } },
      {
        extends: true,
        test: {
          name: 'database',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...outside, ...pure, ...started],
          globalSetup: 'lib/testing/cluster.ts',
        },
      },
      { extends: true, test: { name: 'server', include: started, exclude: outside } },
    ],
  },
})
