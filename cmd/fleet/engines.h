/* What `fleet generate` writes, before its places are filled in: cmd/fleet/generate, compiled in. */
#ifndef CMD_FLEET_ENGINES_H
#define CMD_FLEET_ENGINES_H

extern const char fleet_azure_yml[];
extern const char fleet_github_yml[];
extern const char fleet_gitlab_yml[];
extern const char fleet_kubernetes_yaml[];
extern const char fleet_slurm_sh[];

#endif
