-- Numbers leave with all their digits: the platform's own setting is 0, with which a double precision loses its last two. It holds for
-- connections that are opened from now on.
do $$
begin
  execute format('alter database %I set extra_float_digits = 1', current_database());
end
$$;
