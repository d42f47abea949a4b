{#
Bounds of a Mantel-Haenszel ratio under missing ethnicity: each unknown person of a stratum goes to the group, to the
reference or, where there are more groups, elsewhere, and events, time and weights move with them.
Formula: the highest R = sum(A) / sum(B) over all allotments, A = events of the group times time of the reference over
the time of both, B the other way round, by Dinkelbach's rounds: with the R of the last round each stratum takes the
allotment with the largest A - R B; the sums of those give the next R, until it stays. The lower bound is 1 / the upper
bound with the sides exchanged: the macros are written for the upper one, `own` the side whose ratio is driven up.
A stratum's allotments are blocks: own_events, own_time, other_events, other_time of those whose side is settled, and a
block of block_events, block_time that may go either way, or elsewhere where `is_elsewhere_open`. In a likelihood the
block is all unknown people with the event, block_people of them (those without go to the other side, always). In a
rate it is one person; those of a higher rate are on the own side, those of a lower one on the other, in one row per
person; block_people is NULL.
Source: W. Dinkelbach, Management Science 1967. Along the exchange of part s of a block the value
times the stratum's time is a quadratic with second derivative 2 (R - 1) block_events block_time: for R >= 1 the whole
block goes one way, for R < 1 the best part is in closed form, rounded to people in a likelihood. Moves from or to
elsewhere are monotone. Checked against every allotment in tests/integration/test_engine_bounds.py.
Sharp for a likelihood, and for a rate where the upper bound is at least 1 (the lower at most 1); else part of a person
may count, so that it is not narrower than any allotment. A person in several strata may go a different way in each: not
narrower either.
Domain: R >= 0. NULL where no stratum has both sides and events of the reference, as the ratio itself.
#}
{% macro stat_bound_mh_part(ratio) -%}
    {%- set bend = '(1e0 - ' ~ ratio ~ ') * block_events * block_time' -%}
    {%- set slope -%}
        (block_events * (other_time + block_time) - block_time * own_events
        + {{ ratio }} * (block_events * own_time - block_time * (other_events + block_events)))
    {%- endset -%}
    {%- set best = 'greatest(least(' ~ safe_divide(slope, '2e0 * ' ~ bend) ~ ', 1e0), 0e0)' -%}
    (case
        when {{ bend }} > 0e0 and block_people is null then {{ best }}
        when {{ bend }} > 0e0 then {{ safe_divide('round(block_people * ' ~ best ~ ')', 'block_people') }}
        when {{ slope }} > {{ bend }} then 1e0
        else 0e0
    end)
{%- endmacro %}

{# A and B of a stratum when `part` of the block is on the own side and `kept` of it (0 or 1) is on either. #}
{% macro stat_bound_mh_own(part, kept='1e0') -%}
    ((own_events + {{ part }} * block_events) * {{ safe_divide(
        'other_time + (' ~ kept ~ ' - ' ~ part ~ ') * block_time',
        'own_time + other_time + ' ~ kept ~ ' * block_time'
    ) }})
{%- endmacro %}

{% macro stat_bound_mh_other(part, kept='1e0') -%}
    ((other_events + ({{ kept }} - {{ part }}) * block_events) * {{ safe_divide(
        'own_time + ' ~ part ~ ' * block_time',
        'own_time + other_time + ' ~ kept ~ ' * block_time'
    ) }})
{%- endmacro %}

{#
The rounds, as common table expressions: `round_<rounds>` holds, per key, `bound` and `last_bound`, that of the round
before. A round is read once only, by the next: an engine that writes expressions out where they are read would else
write the first one out 2^rounds times. A key whose bound did not change is settled, and passed on as it is. Four rounds
settle the 6,000 ratios of a large trust to the last digit; a test says when six do not. `block`: key, stratum_number,
block_number and the columns above. `start`: key, bound (any ratio, that of the known) and own_weighted, other_weighted,
the sums of A and B over the strata without a block.
#}
{% macro stat_bound_mh_rounds(block, start, key, rounds=6) -%}
    {%- set parts = ['own_events', 'own_time', 'other_events', 'other_time', 'block_events', 'block_time'] -%}
    {%- for number in range(1, rounds + 1) -%}
    {%- set last = start if number == 1 else 'round_' ~ (number - 1) -%}
    {%- set first = key | first -%}
    {%- set is_settled = 'false' if number == 1 else 'coalesce(last_round.bound = last_round.last_bound, false)' -%}
placed_{{ number }} as (
    select
        {% for column in key %}last_round.{{ column }}, {% endfor %}block.stratum_number, block.block_number,
        {% for column in parts %}block.{{ column }}, {% endfor %}block.is_elsewhere_open, last_round.bound,
        {{ is_settled }} as is_settled,
        {{ stat_bound_mh_part('last_round.bound') }} as part
    from {{ last }} as last_round
    left join {{ block }} as block
        on
            block.{{ first }} = case when not {{ is_settled }} then last_round.{{ first }} end
            {% for column in key if column != first %}and block.{{ column }} = last_round.{{ column }}
            {% endfor %}
),

weighed_{{ number }} as (
    select
        {{ key | join(', ') }}, stratum_number, block_number, is_elsewhere_open, bound, is_settled,
        {{ stat_bound_mh_own('part') }} as own_weighted,
        {{ stat_bound_mh_other('part') }} as other_weighted,
        coalesce({{ stat_bound_mh_own('0e0', '0e0') }}, 0e0) as own_without,
        coalesce({{ stat_bound_mh_other('0e0', '0e0') }}, 0e0) as other_without
    from placed_{{ number }}
),

decided_{{ number }} as (
    select
        {{ key | join(', ') }}, stratum_number, block_number, bound, is_settled, own_weighted, other_weighted,
        own_without, other_without,
        is_elsewhere_open and own_without - bound * other_without > own_weighted - bound * other_weighted
            as is_elsewhere
    from weighed_{{ number }}
),

ranked_{{ number }} as (
    select
        {{ key | join(', ') }}, bound, is_settled,
        case when is_elsewhere then own_without else own_weighted end as own_weighted,
        case when is_elsewhere then other_without else other_weighted end as other_weighted,
        row_number() over (
            partition by {{ key | join(', ') }}, stratum_number
            order by
                case
                    when is_elsewhere then own_without - bound * other_without
                    else own_weighted - bound * other_weighted
                end desc nulls last,
                block_number asc nulls last
        ) as choice
    from decided_{{ number }}
),

chosen_{{ number }} as (
    select {{ key | join(', ') }}, bound, is_settled, own_weighted, other_weighted
    from ranked_{{ number }}
    where choice = 1
    union all
    select {{ key | join(', ') }}, cast(null as double) as bound, false as is_settled, own_weighted, other_weighted
    from {{ start }}
),

round_{{ number }} as (
    select
        {{ key | join(', ') }},
        max(bound) as last_bound,
        coalesce(max(case when is_settled then bound end), {{ safe_divide(
            stable_sum('own_weighted', decimals=17), stable_sum('other_weighted', decimals=17)
        ) }}) as bound
    from chosen_{{ number }}
    group by {{ key | join(', ') }}
){% if not loop.last %},

{% endif %}
    {%- endfor -%}
{%- endmacro %}
