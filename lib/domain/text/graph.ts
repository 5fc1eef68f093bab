import type { Graph } from '../schemas/graph'
import { milestoneText } from './milestone'
import { lines } from './quote'

/** All milestones of a drawing, one after another. Their rows say what waits for what. */
export const graphText = ({ milestones }: Graph): string => lines(milestones.length === 0 && 'no milestones', milestones.map(milestoneText))
