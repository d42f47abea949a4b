select
    group_number,
    measure_id,
    measure_type,
    basis,
    reference_group_number,
    is_broad,
    is_reference,
    is_unknown,
    is_guarded,
    is_compared,
    is_elsewhere_open
from {{ ref('int_measure_declared_group') }}
where is_first_of_number
