/* The files that people write, so that a key of one of them is known where it does not belong. */
#include "plans/desired/desired_fields.h"

const struct field_file field_files[] = {{"a customer's file", customer_fields},
					 {"seatshift.yaml", policy_fields},
					 {"fleet.yaml", fleet_fields},
					 {0}};
