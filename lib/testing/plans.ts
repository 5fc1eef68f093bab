import { LIMITS } from '@/lib/domain/limits'

/** A plan of so many checkpoints, each of which depends on as many of those directly before it as one may, or on `each`. */
export const densePlan = (count: number, each: number = LIMITS.dependencies_per_checkpoint) => ({
  title: `A dense plan of ${count}`,
  checkpoints: Array.from({ length: count }, (_, at) => ({
    title: `Step ${at + 1}`,
    depends_on: Array.from({ length: Math.min(at, each) }, (_, back) => at - back),
  })),
})
