CREATE SCHEMA "auth";
--> statement-breakpoint
CREATE TABLE "events" (
	"workspace_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"type" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_id" text NOT NULL,
	"actor_type" text NOT NULL,
	"key_id" text,
	"session_id" text,
	"via" text NOT NULL,
	"group_id" uuid,
	"project_id" text,
	"milestone_id" text,
	"checkpoint_id" text,
	"data" jsonb NOT NULL,
	"batch" text NOT NULL,
	CONSTRAINT "events_pkey" PRIMARY KEY("workspace_id","seq"),
	CONSTRAINT "events_seq" CHECK (seq >= 1),
	CONSTRAINT "events_via" CHECK (via in ('rest', 'mcp', 'web', 'cli'))
);
--> statement-breakpoint
CREATE TABLE "remembered_answers" (
	"workspace_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"idempotency_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"seq" bigint NOT NULL,
	"changed" boolean NOT NULL,
	"loosened" boolean NOT NULL,
	"scope" jsonb NOT NULL,
	"batch" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "remembered_answers_pkey" PRIMARY KEY("workspace_id","principal_id","idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"workspace_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL,
	"head" text NOT NULL,
	"last_event_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"workspace_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"description" text NOT NULL,
	"visibility" text NOT NULL,
	"owner_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "groups_pkey" PRIMARY KEY("workspace_id","group_id"),
	CONSTRAINT "groups_slug_key" UNIQUE("workspace_id","slug"),
	CONSTRAINT "groups_visibility" CHECK (visibility in ('workspace', 'private')),
	CONSTRAINT "groups_slug" CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
	CONSTRAINT "groups_name" CHECK (length(name) between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "api_key_uses" (
	"workspace_id" text NOT NULL,
	"key_id" text NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"last_used_via" text NOT NULL,
	CONSTRAINT "api_key_uses_pkey" PRIMARY KEY("workspace_id","key_id")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"workspace_id" text NOT NULL,
	"key_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"group_id" uuid,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"hint" text NOT NULL,
	"permissions" jsonb NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_pkey" PRIMARY KEY("workspace_id","key_id"),
	CONSTRAINT "api_keys_hash" CHECK (hash ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "api_keys_permissions" CHECK (jsonb_typeof(permissions) = 'object')
);
--> statement-breakpoint
CREATE TABLE "group_members" (
	"workspace_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"principal_id" text NOT NULL,
	"role" text NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "group_members_pkey" PRIMARY KEY("workspace_id","group_id","principal_id"),
	CONSTRAINT "group_members_role" CHECK (role in ('owner', 'admin', 'member'))
);
--> statement-breakpoint
CREATE TABLE "principals" (
	"workspace_id" text NOT NULL,
	"principal_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"group_id" uuid,
	"instance_owner" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "principals_pkey" PRIMARY KEY("workspace_id","principal_id"),
	CONSTRAINT "principals_kind" CHECK (kind in ('user', 'agent_profile') and (kind = 'agent_profile') = (group_id is not null)),
	CONSTRAINT "principals_owner_is_person" CHECK (not instance_owner or kind = 'user'),
	CONSTRAINT "principals_name" CHECK (length(name) between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"workspace_id" text NOT NULL,
	"checkpoint_id" text NOT NULL,
	"milestone_id" text NOT NULL,
	"order" integer NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"requires_consensus" boolean NOT NULL,
	"proposal_id" text,
	"git_branch_url" text,
	"git_pr_url" text,
	"git_commit_url" text,
	"note" text NOT NULL,
	"created_by" text NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"completed_by" text,
	"completed_seq" bigint,
	"completed_session" text,
	CONSTRAINT "checkpoints_pkey" PRIMARY KEY("workspace_id","checkpoint_id"),
	CONSTRAINT "checkpoints_order_key" UNIQUE("milestone_id","order","workspace_id"),
	CONSTRAINT "checkpoints_order" CHECK ("order" between 1 and 500),
	CONSTRAINT "checkpoints_gate" CHECK (requires_consensus = (proposal_id is not null)),
	CONSTRAINT "checkpoints_completed" CHECK ((completed_at is null) = (completed_by is null) and (completed_at is null) = (completed_seq is null)),
	CONSTRAINT "checkpoints_title" CHECK (length(title) between 1 and 200),
	CONSTRAINT "checkpoints_description" CHECK (length(description) <= 8192),
	CONSTRAINT "checkpoints_note" CHECK (length(note) <= 2000),
	CONSTRAINT "checkpoints_branch_url" CHECK ("git_branch_url" is null or ("git_branch_url" ~* '^https?://' and length("git_branch_url") <= 2048)),
	CONSTRAINT "checkpoints_pr_url" CHECK ("git_pr_url" is null or ("git_pr_url" ~* '^https?://' and length("git_pr_url") <= 2048)),
	CONSTRAINT "checkpoints_commit_url" CHECK ("git_commit_url" is null or ("git_commit_url" ~* '^https?://' and length("git_commit_url") <= 2048))
);
--> statement-breakpoint
CREATE TABLE "dependencies" (
	"workspace_id" text NOT NULL,
	"checkpoint_id" text NOT NULL,
	"depends_on_id" text NOT NULL,
	CONSTRAINT "dependencies_pkey" PRIMARY KEY("workspace_id","checkpoint_id","depends_on_id"),
	CONSTRAINT "dependencies_not_itself" CHECK (checkpoint_id <> depends_on_id)
);
--> statement-breakpoint
CREATE TABLE "milestones" (
	"workspace_id" text NOT NULL,
	"milestone_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"project_id" text NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"status" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone,
	"version" bigint NOT NULL,
	CONSTRAINT "milestones_pkey" PRIMARY KEY("workspace_id","milestone_id"),
	CONSTRAINT "milestones_status" CHECK (status in ('active', 'closed') and (status = 'closed') = (closed_at is not null)),
	CONSTRAINT "milestones_title" CHECK (length(title) between 1 and 200),
	CONSTRAINT "milestones_description" CHECK (length(description) <= 8192),
	CONSTRAINT "milestones_version" CHECK (version > 0)
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"workspace_id" text NOT NULL,
	"project_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text NOT NULL,
	"slug" text NOT NULL,
	"color" text NOT NULL,
	"status" text NOT NULL,
	"is_default" boolean NOT NULL,
	"milestone_count" integer NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"completed_by" text,
	"archived_at" timestamp (3) with time zone,
	"archived_by" text,
	"reopened_at" timestamp (3) with time zone,
	"reopened_by" text,
	CONSTRAINT "projects_pkey" PRIMARY KEY("workspace_id","project_id"),
	CONSTRAINT "projects_group_key" UNIQUE("workspace_id","group_id","project_id"),
	CONSTRAINT "projects_slug_key" UNIQUE("workspace_id","group_id","slug"),
	CONSTRAINT "projects_status" CHECK (status in ('active', 'completed', 'archived')),
	CONSTRAINT "projects_default_stays" CHECK (not is_default or status <> 'archived'),
	CONSTRAINT "projects_archived" CHECK (status <> 'archived' or archived_at is not null),
	CONSTRAINT "projects_completed" CHECK (status <> 'completed' or completed_at is not null),
	CONSTRAINT "projects_slug" CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64),
	CONSTRAINT "projects_color" CHECK (color ~ '^#[0-9A-Fa-f]{6}$'),
	CONSTRAINT "projects_milestone_count" CHECK (milestone_count >= 0),
	CONSTRAINT "projects_title" CHECK (length(title) between 1 and 200),
	CONSTRAINT "projects_description" CHECK (length(description) <= 8192)
);
--> statement-breakpoint
CREATE TABLE "proposals" (
	"workspace_id" text NOT NULL,
	"proposal_id" text NOT NULL,
	"group_id" uuid NOT NULL,
	"checkpoint_id" text NOT NULL,
	"proposer_id" text NOT NULL,
	"status" text NOT NULL,
	"round" integer NOT NULL,
	"threshold_met" boolean,
	"result" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finalized_at" timestamp (3) with time zone,
	CONSTRAINT "proposals_pkey" PRIMARY KEY("workspace_id","proposal_id"),
	CONSTRAINT "proposals_checkpoint_key" UNIQUE("checkpoint_id","workspace_id"),
	CONSTRAINT "proposals_status" CHECK (status in ('open', 'finalized') and (status = 'finalized') = (finalized_at is not null)),
	CONSTRAINT "proposals_result" CHECK ((status = 'finalized') = (threshold_met is not null)),
	CONSTRAINT "proposals_round" CHECK (round >= 1)
);
--> statement-breakpoint
CREATE TABLE "auth"."account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."session" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	CONSTRAINT "session_token_key" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "auth"."settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "auth"."user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_email_key" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "auth"."verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_workspace_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("workspace_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_owner_fk" FOREIGN KEY ("workspace_id","owner_id") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_uses" ADD CONSTRAINT "api_key_uses_key_fk" FOREIGN KEY ("workspace_id","key_id") REFERENCES "public"."api_keys"("workspace_id","key_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_principal_fk" FOREIGN KEY ("workspace_id","principal_id") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_group_fk" FOREIGN KEY ("workspace_id","group_id") REFERENCES "public"."groups"("workspace_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_fk" FOREIGN KEY ("workspace_id","group_id") REFERENCES "public"."groups"("workspace_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_principal_fk" FOREIGN KEY ("workspace_id","principal_id") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "principals" ADD CONSTRAINT "principals_workspace_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("workspace_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_milestone_fk" FOREIGN KEY ("workspace_id","milestone_id") REFERENCES "public"."milestones"("workspace_id","milestone_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_completed_by_fk" FOREIGN KEY ("workspace_id","completed_by") REFERENCES "public"."principals"("workspace_id","principal_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dependencies" ADD CONSTRAINT "dependencies_checkpoint_fk" FOREIGN KEY ("workspace_id","checkpoint_id") REFERENCES "public"."checkpoints"("workspace_id","checkpoint_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dependencies" ADD CONSTRAINT "dependencies_target_fk" FOREIGN KEY ("workspace_id","depends_on_id") REFERENCES "public"."checkpoints"("workspace_id","checkpoint_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_project_fk" FOREIGN KEY ("workspace_id","group_id","project_id") REFERENCES "public"."projects"("workspace_id","group_id","project_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_group_fk" FOREIGN KEY ("workspace_id","group_id") REFERENCES "public"."groups"("workspace_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_group_fk" FOREIGN KEY ("workspace_id","group_id") REFERENCES "public"."groups"("workspace_id","group_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_checkpoint_fk" FOREIGN KEY ("workspace_id","checkpoint_id") REFERENCES "public"."checkpoints"("workspace_id","checkpoint_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "auth"."session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "auth"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_milestone" ON "events" USING btree ("milestone_id","seq","workspace_id");--> statement-breakpoint
CREATE INDEX "events_project" ON "events" USING btree ("project_id","seq","workspace_id");--> statement-breakpoint
CREATE INDEX "remembered_answers_age" ON "remembered_answers" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "api_keys_principal" ON "api_keys" USING btree ("principal_id","workspace_id");--> statement-breakpoint
CREATE INDEX "group_members_principal" ON "group_members" USING btree ("principal_id","workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "principals_one_owner" ON "principals" USING btree ("workspace_id") WHERE instance_owner;--> statement-breakpoint
CREATE INDEX "dependencies_target" ON "dependencies" USING btree ("depends_on_id","workspace_id");--> statement-breakpoint
CREATE INDEX "milestones_group" ON "milestones" USING btree ("group_id","created_at","milestone_id","workspace_id");--> statement-breakpoint
CREATE INDEX "milestones_project" ON "milestones" USING btree ("project_id","created_at","milestone_id","workspace_id");--> statement-breakpoint
CREATE UNIQUE INDEX "projects_one_default" ON "projects" USING btree ("workspace_id","group_id") WHERE is_default;--> statement-breakpoint
CREATE INDEX "account_user" ON "auth"."account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_user" ON "auth"."session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "verification_identifier" ON "auth"."verification" USING btree ("identifier");