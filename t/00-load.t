use AepNginx 'no_plan';

run_tests();

__DATA__

=== TEST 1: a server that uses nothing of the module serves its pages as before
--- config
location = /page.html {
    default_type text/html;
    return 200 "<!doctype html><title>Shop</title>";
}
--- request
GET /page.html
--- response_body chomp
<!doctype html><title>Shop</title>
