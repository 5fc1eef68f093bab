'use client'
import dynamic from 'next/dynamic'

// Chunks of their own: who looks at the list of projects does not load what makes new ones.
export const NewGroup = dynamic(() => import('../group/group-form').then((module) => module.GroupForm))
export const NewProject = dynamic(() => import('./project-form').then((module) => module.ProjectForm))
