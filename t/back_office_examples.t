# The examples of conf.d/back_office: each client against nginx with the example's own location.

use strict;
use warnings;

use AepBackOffice;
use AepCommerce;
use AepEdge;
use AepServer;
use Cwd ();
use File::Basename ();
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Test::More;

my $top       = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');
my $examples  = "$top/conf.d/back_office";
my $edge      = AepEdge->start;
my $server    = AepServer->start(edge => $edge->url, workers => 1);
my $directory = $server->directory;
my $token     = '5d1f7a0c36f94b1e8a2c';
my $key_path  = '/prod/keys/pub-key-3f0a2b7c-5d14-4c0e-8b53-7c9d2e6a1f40.pem';

$ENV{PATH} = "$top/bin:$ENV{PATH}";

sub content_of {
    my $name = shift;
    open my $in, '<:raw', $name or die "$name: $!";
    local $/;
    return scalar <$in>;
}

sub write_file {
    my ($name, $content) = @_;
    open my $out, '>:raw', "$directory/$name" or die "$name: $!";
    print $out $content;
    close $out or die "$name: $!";
    chmod 0600, "$directory/$name";
    return "$directory/$name";
}

sub make_key {
    my ($name, $public) = @_;
    system("openssl genrsa -out $directory/$name.key 2048 2>/dev/null"
            . " && openssl rsa -in $directory/$name.key -pubout -out $directory/$public 2>/dev/null"
            . " && chmod 644 $directory/$public") == 0
        or die 'openssl does not make a key';
    return;
}

sub sign {
    my ($name, $message) = @_;
    my $file = write_file('message', $message);
    open my $out, '-|', "openssl dgst -sha256 -sign $directory/$name.key $file" or die "openssl: $!";
    binmode $out;
    local $/;
    return encode_base64(scalar <$out>, '');
}

# Returns once the workers of before are gone: until then they take requests, too.
sub reload {
    my %before = map { $_ => 1 } $server->workers;
    $server->signal('HUP');
    return AepServer::wait_until(sub { my @now = $server->workers; @now && !grep { $before{$_} } @now });
}

# As a backend sends it.
sub post {
    my ($path, $text, %header) = @_;
    return $server->client->post($path, $text, Origin => undef, 'Sec-Fetch-Site' => undef,
        'Content-Type' => 'application/json', %header);
}

sub text_of_order {
    my ($number, %more) = @_;
    return encode_json(AepBackOffice->order($number, %more));
}

# What Edge took of an order: the types of its events, in their order, with those that came twice.
sub types_of {
    my $number = sprintf '%09d', shift;
    return join ' ', map { $_->{eventType} =~ s/^commerce\.backoffice//r } grep { ($_->{order} // '') eq $number } @{ $edge->events };
}

sub wait_for_types { my ($number, $types) = @_; AepServer::wait_until(sub { types_of($number) eq $types }, 20); return types_of($number) }

mkdir "$directory/$_" for 'aep', 'aep/io_event_keys', 'adobe', 'state';
write_file('aep/back_office.token', "# the cron job\n$token\n");
make_key('commerce', 'aep/commerce_webhooks.pem');
make_key('nobody', 'aep/io_event_keys/none-yet.pem');
make_key('events', 'adobe/' . File::Basename::basename($key_path));

my $log = "$directory/aep_event_keys.log";
(my $io_events = content_of("$examples/io_events.inc")) =~ s{/var/log/nginx/aep_event_keys\.log}{$log} or die 'no log';
write_file('io_events.inc', $io_events);
my ($log_format) = $io_events =~ /^#\s+(log_format .*;)$/m or die 'no log_format';
$server->configure(http => $log_format, server => <<"SERVER");
        aep_back_office_events  on;
        include  $examples/token.inc;
        include  $examples/webhook.inc;
        include  $directory/io_events.inc;
        location /prod/keys/ { alias $directory/adobe/; }
SERVER

subtest 'the locations' => sub {
    my $command = join ' ', AepServer::binary(), '-t', '-e', 'stderr', '-p', $directory, '-c', "$directory/nginx.conf";
    my $said = `$command 2>&1`;
    is($?, 0, 'nginx -t takes them') or diag $said;
    unlike($said, qr/\[warn\]/, 'without a warning');
    ok(reload(), 'nginx, too');
    is(post('/aep/back-office', text_of_order(1), Authorization => "Bearer $token")->{status}, 202, 'a token');
    is(post('/aep/back-office', text_of_order(2))->{status}, 401, 'none');
    my $text = text_of_order(3);
    is(post('/aep/commerce-webhooks', $text, 'X-Adobe-Commerce-Webhook-Signature' => sign('commerce', encode_base64($text, '')))->{status},
        202, 'the signature of Commerce');
    is(post('/aep/commerce-webhooks', $text, Authorization => "Bearer $token")->{status}, 401, 'a token is none');
    my $challenge = $server->client->get('/aep/io-events?challenge=8ec8d794-e0ab', Origin => undef, 'Sec-Fetch-Site' => undef);
    is($challenge->{body}, '8ec8d794-e0ab', 'the challenge of Adobe I/O Events');
    is(wait_for_types(1, 'OrderPlaced'), 'OrderPlaced', 'Edge gets the first');
    is(wait_for_types(3, 'OrderPlaced'), 'OrderPlaced', 'and the second');
};

# ---- webhooks ----

my $order_of_commerce = decode_json(content_of("$top/t/backoffice/samples/11-order-placed-cloudevent.json"))->{data}{value};

sub order_of_commerce {
    my ($number, %more) = @_;
    return { %$order_of_commerce, entity_id => $number, increment_id => sprintf('%09d', $number), %more };
}

# The member of a structure that a path such as data.order.state leads to; undef where there is none.
sub member {
    my ($value, $path) = @_;
    for my $name (split /\./, $path) {
        $value = ref $value eq 'HASH' ? $value->{$name} : undef;
    }
    return $value;
}

# Puts a value where a path leads.
sub put {
    my ($body, $path, $value) = @_;
    my @names = split /\./, $path;
    my $last  = pop @names;
    $body = $body->{$_} //= {} for @names;
    $body->{$last} = $value;
    return;
}

# The hooks of webhooks.xml: name, url, fields, rules.
sub hooks {
    my $xml = content_of("$examples/webhooks.xml");
    my @hooks;
    while ($xml =~ m{<hook\s+name="(\w+)"\s+url="([^"]*)"[^>]*>(.*?)</hook>}gs) {
        my ($name, $url, $inside) = ($1, $2, $3);
        push @hooks, {
            name   => $name,
            url    => $url,
            fields => { $inside =~ /<field name="([^"]+)" source="([^"]+)"/g },
            rules  => { $inside =~ /<rule field="([^"]+)" operator="equal" value="([^"]+)"/g },
        };
    }
    return @hooks;
}

# What Commerce does with a hook: nothing, or a signed request with the fields.
sub call_hook {
    my ($hook, $order) = @_;
    my $payload = { data => { order => $order } };
    return if grep { member($payload, $_) ne $hook->{rules}{$_} } keys %{ $hook->{rules} };
    my $body = {};
    put($body, $_, member($payload, $hook->{fields}{$_})) for keys %{ $hook->{fields} };
    my $text = encode_json($body);
    my ($path) = $hook->{url} =~ m{^https://shop\.example(/.*)$} or die 'another shop';
    return post($path, $text, 'X-Adobe-Commerce-Webhook-Signature' => sign('commerce', encode_base64($text, '')));
}

sub xdm_of {
    my ($number, $type) = @_;
    $number = sprintf '%09d', $number;
    for my $request (@{ $edge->requests }) {
        for my $event (map { $_->{xdm} } @{ $request->{body}{events} // [] }) {
            return $event if $event->{eventType} =~ /$type$/ && $event->{commerce}{order}{purchaseID} eq $number;
        }
    }
    return;
}

# An event without what differs from one order to the next.
sub comparable {
    my $event = decode_json(encode_json(shift // {}));
    delete @{$event}{qw(_id)};
    delete $event->{commerce}{order}{purchaseID};
    return $event;
}

post('/aep/back-office', encode_json({ event => 'orderPlaced', order => order_of_commerce(90) }), Authorization => "Bearer $token");
wait_for_types(90, 'OrderPlaced');
my $whole = comparable(xdm_of(90, 'OrderPlaced'));

subtest 'webhooks of Adobe Commerce' => sub {
    my ($placed, $cancelled) = hooks();
    my $answer = call_hook($placed, order_of_commerce(100));
    is($answer->{status}, 200, 'an order that was placed is taken');
    is_deeply(decode_json($answer->{body}), { op => 'success' }, 'with the answer that Commerce expects');
    is(call_hook($cancelled, order_of_commerce(100)), undef, 'it was not cancelled');
    is(wait_for_types(100, 'OrderPlaced'), 'OrderPlaced', 'Edge gets it');
    is_deeply(comparable(xdm_of(100, 'OrderPlaced')), $whole, 'with all that the whole order has for it');
    is(call_hook($cancelled, order_of_commerce(100, state => 'canceled'))->{status}, 200, 'an order that was cancelled');
    is(call_hook($cancelled, order_of_commerce(100, state => 'canceled'))->{status}, 200, 'and is saved again');
    is(wait_for_types(100, 'OrderPlaced OrderCancelled'), 'OrderPlaced OrderCancelled', 'Edge gets it once');
    like($_->{url}, qr{^https://shop\.example/aep/commerce-webhooks\?event=order}, "$_->{name} has the location's address") for hooks();
};

# ---- Adobe I/O Events ----

# What is left of a structure when only these fields are sent.
sub reduced {
    my ($value, @paths) = @_;
    return $value if grep { $_ eq '' } @paths;
    return [map { reduced($_, @paths) } @$value] if ref $value eq 'ARRAY';
    my %below;
    for my $path (@paths) {
        my ($name, $rest) = $path =~ /^(\w+)(?:\[\])?\.?(.*)$/ or die $path;
        push @{ $below{$name} }, $rest;
    }
    return { map { exists $value->{$_} ? ($_ => reduced($value->{$_}, @{ $below{$_} })) : () } keys %below };
}

sub cloud_event {
    my ($number, %more) = @_;
    my @fields = content_of("$examples/io_events.xml") =~ /<field name="([^"]+)"/g;
    my $order  = reduced(order_of_commerce($number, %more), @fields);
    my ($interest) = @{ decode_json(content_of("$examples/registration.json"))->{events_of_interest} };
    return encode_json([{ specversion => '1.0', recipientclientid => '00112233445566778899aabbccddeeff', type => $interest->{event_code}, data => { value => $order } }]);
}

sub post_signed {
    my $text = shift;
    return post('/aep/io-events', $text, 'Content-Type' => 'application/cloudevents-batch+json',
        'X-Adobe-Digital-Signature-1' => sign('events', $text), 'X-Adobe-Public-Key1-Path' => $key_path);
}

sub fetch_keys {
    return system("AEP_EVENT_KEYS=http://127.0.0.1:@{[$server->port]} $examples/fetch-event-keys.sh $log $directory/aep/io_event_keys 2>$directory/said") >> 8;
}

subtest 'keys of Adobe I/O Events' => sub {
    is(post_signed(cloud_event(200))->{status}, 401, 'a key that is not there opens nothing');
    ok(AepServer::wait_until(sub { content_of($log) =~ /\Q$key_path\E/ }), 'its path is in the log');
    for my $path ('/prod/keys/../../etc/passwd.pem', '/prod/keys/pub-key-00000000-0000-0000-0000-000000000000.pem') {
        post('/aep/io-events', '[]', 'X-Adobe-Digital-Signature-1' => 'abcd', 'X-Adobe-Public-Key1-Path' => $path);
    }
    AepServer::wait_until(sub { content_of($log) =~ /00000000/ });
    is(fetch_keys(), 0, 'it is fetched');
    like(content_of("$directory/said"), qr{there is no public key at \S+/pub-key-00000000-}, 'one that Adobe does not have is named');
    unlike(content_of("$directory/said"), qr/passwd/, 'what is no path of a key is not asked for');
    ok(-e "$directory/aep/io_event_keys/" . File::Basename::basename($key_path), 'it is there');
    is(fetch_keys(), 1, 'once more: nothing is new');
    reload();
    is(post_signed(cloud_event(200))->{status}, 202, 'it opens');
};

subtest 'Adobe I/O Events' => sub {
    my $registration = decode_json(content_of("$examples/registration.json"));
    is($registration->{webhook_url}, 'https://shop.example/aep/io-events', 'the registration has the location\'s address');
    is(wait_for_types(200, 'OrderPlaced'), 'OrderPlaced', 'Edge gets an order that was placed');
    is_deeply(comparable(xdm_of(200, 'OrderPlaced')), $whole, 'with all that the whole order has for it');
    my %later = (_isNew => JSON::PP::false, updated_at => '2025-07-02 08:00:00');
    my $answer = post_signed(cloud_event(200, %later, state => 'processing', _origData => { state => 'new' }));
    is(decode_json($answer->{body})->{results}[0]{result}, 'ignored', 'one that was saved is no event');
    post_signed(cloud_event(200, %later, state => 'canceled', _origData => { state => 'processing' }));
    is(wait_for_types(200, 'OrderPlaced OrderCancelled'), 'OrderPlaced OrderCancelled', 'one that was cancelled is');
};

# ---- the cron script ----

sub now { return strftime('%Y-%m-%d %H:%M:%S', gmtime) }

sub order {
    my ($number, %more) = @_;
    return AepBackOffice->order($number, created_at => now(), updated_at => now(), %more)->{order};
}

# Runs the script with these orders in Commerce; returns its exit code.
sub send_changed {
    my ($orders, %settings) = @_;
    my $commerce = AepCommerce->start(token => 'the-token', orders => $orders);
    my %value = (
        SHOP => $commerce->url, COMMERCE_TOKEN => "$directory/commerce.token",
        BACK_OFFICE => "http://127.0.0.1:@{[$server->port]}/aep/back-office",
        BACK_OFFICE_TOKEN => "$directory/client.token", STATE => "$directory/state", %settings,
    );
    my $text = content_of("$examples/send-changed-orders.conf");
    $text =~ s/^$_=.*$/$_=$value{$_}/m or die "no $_" for keys %value;
    my $file = write_file('send-changed-orders.conf', $text);
    return system("$examples/send-changed-orders.sh $file >$directory/said 2>&1") >> 8;
}

write_file('commerce.token', "the-token\n");
write_file('client.token', "$token\n");

subtest 'orders that changed' => sub {
    my $old = order(300, created_at => '2024-01-01 10:00:00', updated_at => '2024-01-01 10:00:00');
    my @orders = ($old, map { order($_) } 301 .. 303);
    is(send_changed(\@orders), 0, 'the first run') or diag content_of("$directory/said");
    is(wait_for_types($_, 'OrderPlaced'), 'OrderPlaced', "Edge gets order $_") for 301 .. 303;
    is(types_of(300), '', 'but not one of long ago');
    is(send_changed(\@orders, BACK_OFFICE => 'http://127.0.0.1:1/'), 0, 'the second run sends nothing');
    is(content_of("$directory/said"), '', 'and has nothing to say');
    ok(!-e "$directory/state/orders.ndjson", 'and leaves no orders behind');

    $orders[0] = { %$old, state => 'canceled', updated_at => now() };
    $orders[1] = order(301, state => 'complete', items => [{ %{ $orders[1]{items}[0] }, qty_shipped => 1 }]);
    $orders[2] = order(302, state => 'processing');
    push @orders, order(304, state => 'canceled');
    is(send_changed(\@orders), 0, 'when they have changed');
    is(send_changed(\@orders, BACK_OFFICE => 'http://127.0.0.1:1/'), 0, 'once more there is nothing to send');
    is(wait_for_types(300, 'OrderCancelled'), 'OrderCancelled', 'one of long ago was cancelled now');
    is(wait_for_types(301, 'OrderPlaced OrderShipmentCompleted'), 'OrderPlaced OrderShipmentCompleted', 'one was shipped');
    is(wait_for_types(304, 'OrderPlaced OrderCancelled'), 'OrderPlaced OrderCancelled', 'one was placed and cancelled');
    is(types_of($_), 'OrderPlaced', "nothing became of $_") for 302, 303;
    is((stat "$directory/state/sent")[2] & 0777, 0600, 'what it remembers is for its owner alone');
};

subtest 'what fails is sent by the next run' => sub {
    my @orders = map { order($_) } 401 .. 402;
    my $since = content_of("$directory/state/since");
    is(send_changed(\@orders, BACK_OFFICE => "http://127.0.0.1:@{[$server->port]}/nowhere"), 75, 'nginx does not take them');
    like(content_of("$directory/said"), qr/nginx answered \d+; the next run sends the same orders/, 'it says so');
    is(send_changed(\@orders, COMMERCE_TOKEN => "$directory/client.token"), 75, 'Commerce does not give them');
    like(content_of("$directory/said"), qr/Commerce answered 401/, 'it says so');
    is(content_of("$directory/state/since"), $since, 'nothing counts as done');
    is(send_changed(\@orders), 0, 'the next run');
    is(wait_for_types($_, 'OrderPlaced'), 'OrderPlaced', "Edge gets order $_") for 401 .. 402;
    is(send_changed([order(403, customer_email => undef), order(404)]), 1, 'one that is refused');
    like(content_of("$directory/said"), qr/"path":"order\.customer_email".*\n.*these documents were refused/, 'is named');
    is(wait_for_types(404, 'OrderPlaced'), 'OrderPlaced', 'and does not stop the others');
    unlike(content_of("$directory/said"), qr/\@shop\.example/, 'nothing personal is said');
};

$server->quit;
$server->is_clean('after the examples');

done_testing;
