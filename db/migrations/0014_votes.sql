CREATE TABLE "ballots" (
	"workspace_id" text NOT NULL,
	"proposal_id" text NOT NULL,
	"round" integer NOT NULL,
	"voter_id" text NOT NULL,
	"vote" text NOT NULL,
	"comment" text NOT NULL,
	"voted_at" timestamp (3) with time zone NOT NULL,
	"voted_for" text,
	CONSTRAINT "ballots_pkey" PRIMARY KEY("workspace_id","proposal_id","round","voter_id"),
	CONSTRAINT "ballots_round" CHECK (round >= 1)
);
--> statement-breakpoint
CREATE TABLE "proposal_voters" (
	"workspace_id" text NOT NULL,
	"proposal_id" text NOT NULL,
	"voter_id" text NOT NULL,
	CONSTRAINT "proposal_voters_pkey" PRIMARY KEY("workspace_id","proposal_id","voter_id")
);
--> statement-breakpoint
ALTER TABLE "proposals" ALTER COLUMN "checkpoint_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "gate_threshold" text DEFAULT 'majority' NOT NULL;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "gate_deadline_hours" integer;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "gate_voters" text DEFAULT 'everyone' NOT NULL;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "no_self_approval" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "groups" ADD COLUMN "gate_auto_finalize" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD COLUMN "last_done_by" text;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "title" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "voting_type" text DEFAULT 'yes_no' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "threshold_type" text DEFAULT 'majority' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "options" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "deadline" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "round_started_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "round_reason" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "voters" text DEFAULT 'everyone' NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "no_self_approval" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "auto_finalize" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "tally" jsonb;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "runoff" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "eligible" integer;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "uncounted" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "proposals" ADD COLUMN "sealed_by" text;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_proposal_fk" FOREIGN KEY ("workspace_id","proposal_id") REFERENCES "public"."proposals"("workspace_id","proposal_id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
ALTER TABLE "ballots" ADD CONSTRAINT "ballots_voter_fk" FOREIGN KEY ("workspace_id","voter_id") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action DEFERRABLE INITIALLY DEFERRED;--> statement-breakpoint
CREATE INDEX "proposal_voters_voter" ON "proposal_voters" USING btree ("voter_id","workspace_id");--> statement-breakpoint
CREATE INDEX "proposals_group" ON "proposals" USING btree ("group_id","status","created_at","proposal_id","workspace_id");--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_gate_threshold" CHECK (gate_threshold in ('majority', 'two_thirds', 'unanimous'));--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_gate_voters" CHECK (gate_voters in ('everyone', 'people'));--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_gate_deadline" CHECK (gate_deadline_hours between 1 and 8760);--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_voting_type" CHECK (voting_type in ('yes_no', 'single', 'ranked'));--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_threshold" CHECK (threshold_type in ('majority', 'two_thirds', 'unanimous', 'quorum'));--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_gate" CHECK (checkpoint_id is null or (voting_type = 'yes_no' and threshold_type <> 'quorum'));--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_title" CHECK (length(title) <= 200);--> statement-breakpoint
-- As a replay of the log says it.
UPDATE "checkpoints" c SET "last_done_by" = e."by" FROM (
    SELECT DISTINCT ON ("workspace_id", "checkpoint_id") "workspace_id", "checkpoint_id",
      CASE "type" WHEN 'claim.expired' THEN "data"->>'held_by' ELSE "actor_id" END AS "by"
    FROM "events" WHERE "type" IN ('checkpoint.completed', 'checkpoint.failed', 'claim.expired')
    ORDER BY "workspace_id", "checkpoint_id", "seq" DESC
  ) e WHERE e."workspace_id" = c."workspace_id" AND e."checkpoint_id" = c."checkpoint_id";--> statement-breakpoint

-- G1: a completed checkpoint with a gate has a proposal that has passed. Once a statement, over the rows that it changed.
CREATE OR REPLACE FUNCTION assert_gates_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed c
    WHERE c.completed_at IS NOT NULL AND c.proposal_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM proposals p WHERE p.workspace_id = c.workspace_id AND p.proposal_id = c.proposal_id AND p.status = 'finalized' AND p.threshold_met
    )
  ) THEN
    RAISE EXCEPTION 'G1: a completed checkpoint would have a gate that has not passed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER checkpoints_g1_insert AFTER INSERT ON "checkpoints" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_gates_passed();--> statement-breakpoint
CREATE TRIGGER checkpoints_g1_update AFTER UPDATE ON "checkpoints" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_gates_passed();--> statement-breakpoint
CREATE OR REPLACE FUNCTION assert_gates_stay_passed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed p
    CROSS JOIN LATERAL (SELECT completed_at FROM checkpoints WHERE workspace_id = p.workspace_id AND checkpoint_id = p.checkpoint_id OFFSET 0) c
    WHERE NOT (p.status = 'finalized' AND p.threshold_met) AND c.completed_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'G1: a completed checkpoint would have a gate that has not passed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER proposals_g1_update AFTER UPDATE ON "proposals" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assert_gates_stay_passed();
