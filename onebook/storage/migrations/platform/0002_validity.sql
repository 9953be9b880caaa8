-- Whether a text reads as a value of a type: what PostgreSQL has as pg_input_is_valid from version 16 on.
CREATE FUNCTION onebook.is_valid(value text, kind text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    EXECUTE format('SELECT %L::%s', value, kind);
    RETURN true;
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$;
